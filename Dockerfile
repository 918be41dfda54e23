FROM python:3.11-slim AS build
RUN pip install --no-cache-dir --disable-pip-version-check uv==0.13.9
WORKDIR /build
ENV UV_PROJECT_ENVIRONMENT=/opt/regesta UV_COMPILE_BYTECODE=1 UV_LINK_MODE=copy UV_PYTHON_DOWNLOADS=never
COPY pyproject.toml uv.lock ./
RUN uv sync --locked --no-dev --no-install-project --no-cache
COPY . .
RUN uv sync --locked --no-dev --no-editable --no-cache

FROM python:3.11-slim
RUN useradd --system --uid 10001 --create-home --home-dir /var/lib/regesta regesta
COPY --from=build /opt/regesta /opt/regesta
ENV PATH=/opt/regesta/bin:$PATH PYTHONUNBUFFERED=1
# The keys of the log; an operator backs this volume up apart from the database.
RUN install --directory --owner regesta --mode 700 /var/lib/regesta/keys /var/lib/regesta/witness
ENV REGESTA_KEYS_FOLDER=/var/lib/regesta/keys
USER regesta
WORKDIR /var/lib/regesta
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8000/readyz', timeout=4)"]
CMD ["regesta", "serve", "--host", "0.0.0.0", "--port", "8000"]
