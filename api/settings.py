from __future__ import annotations
from pathlib import Path
from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class SettingsRefused(Exception): ...


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="REGESTA_", extra="forbid")
    database_url: str | None = Field(default=None, validation_alias="DATABASE_URL")
    data_folder: Path = Path("data")
    host: str = "127.0.0.1"
    port: int = 8000
