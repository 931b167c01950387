# The images: `training` (the job), `service` (LiteRT, no TensorFlow), `service-tensorflow`. Packages first, code last:
# a change in the code installs nothing again.

FROM python:3.11-slim-bookworm AS base
# The official image comes without compiled standard library, and on a read-only root Python cannot keep what it
# compiles: every start would compile it anew (0.5 s of imports instead of 0.25), and every health check.
RUN python -m compileall -q -j 0 -x 'site-packages|ensurepip|idlelib|lib2to3|/test' /usr/local/lib/python3.11
ENV PATH=/opt/venv/bin:$PATH \
    HOME=/tmp \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1
WORKDIR /app
# One user in every image, by number, so that a volume that one of them fills is the others' too.
RUN install -d -o 10001 -g 10001 models

# The packages, each set on top of the smaller one: the lock files agree on what they share, so that pip adds to
# /opt/venv and replaces nothing. No compiler is here, hence wheels alone.
FROM base AS service-packages
RUN python -m venv --without-pip /opt/venv
COPY requirements/service.txt requirements/
RUN pip --python /opt/venv/bin/python install --no-cache-dir --require-hashes --only-binary :all: \
    -r requirements/service.txt

FROM service-packages AS service-tensorflow-packages
COPY requirements/service-tensorflow.txt requirements/
RUN pip --python /opt/venv/bin/python install --no-cache-dir --require-hashes --only-binary :all: \
    -r requirements/service-tensorflow.txt

FROM service-tensorflow-packages AS training-packages
COPY requirements/training.txt requirements/
RUN pip --python /opt/venv/bin/python install --no-cache-dir --require-hashes --only-binary :all: \
    -r requirements/training.txt

# The code is compiled for the read-only root, and readable for that user even from a checkout that only its owner reads.
FROM base AS training
COPY --from=training-packages /opt/venv /opt/venv
COPY registry/ registry/
COPY training/ training/
RUN python -m compileall -q registry training && chmod -R a+rX .
USER 10001:10001
ENTRYPOINT ["python", "-m", "training"]
CMD ["run", "--if-none"]

FROM base AS service-tensorflow
COPY --from=service-tensorflow-packages /opt/venv /opt/venv
COPY registry/ registry/
COPY service/ service/
RUN python -m compileall -q registry service && chmod -R a+rX .
# Within the container's own network; docker-compose.yml says who reaches it from outside.
ENV SERVICE_HOST=0.0.0.0
USER 10001:10001
ENTRYPOINT ["python", "-m", "service"]

FROM base AS service
COPY --from=service-packages /opt/venv /opt/venv
COPY registry/ registry/
COPY service/ service/
RUN python -m compileall -q registry service && chmod -R a+rX .
ENV SERVICE_HOST=0.0.0.0
USER 10001:10001
ENTRYPOINT ["python", "-m", "service"]

# So that compose can take the target's name from SERVICE_ENGINE.
FROM service AS service-litert
FROM service AS service-auto
