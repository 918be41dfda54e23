from benchmarks.server import embedded_server
from benchmarks.serving import Effort, measure_serving

if __name__ == "__main__":
    with embedded_server() as url:
        for name, each in measure_serving(url, Effort(3, 2, 1.0)).items():
            print(name)
            for c, f in each.items():
                print("   ", c, f)
