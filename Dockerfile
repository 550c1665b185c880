# The program and nothing else, for a scheduler that runs containers:
#   docker build -t flamescore .
#   docker run --rm -v "$PWD:/data" flamescore score
# The working folder /data is the project: flamescore.yaml, the rules, the exports, and the output. The account
# in the container is 10001: give it the folder (chown -R 10001 .), or name yours with --user "$(id -u):$(id -g)".

FROM python:3.11-slim AS build
RUN apt-get update && apt-get install --yes --no-install-recommends binutils
WORKDIR /source
COPY pyproject.toml README.md LICENSE constraints.txt ./
COPY src src
RUN python -m pip wheel --no-cache-dir --no-deps --wheel-dir /wheels .
RUN python -m venv /opt/flamescore \
 && /opt/flamescore/bin/python -m pip install --no-cache-dir -c constraints.txt "$(ls /wheels/*.whl)[report]" \
 && /opt/flamescore/bin/python -m pip uninstall --yes pip setuptools
# What only a debugger reads, and the tests of libraries: 55 MB of 290.
RUN find /opt/flamescore -name '_polars_runtime*.so' -exec strip --strip-unneeded {} + \
 && find /opt/flamescore/lib -type d -name tests -prune -exec rm -rf {} +

FROM python:3.11-slim
COPY --from=build /opt/flamescore /opt/flamescore
ENV PATH="/opt/flamescore/bin:$PATH"
RUN install --directory --owner=10001 --group=10001 /data
USER 10001:10001
WORKDIR /data
ENTRYPOINT ["flamescore"]
CMD ["--help"]
