# Build: docker build -t frontdesk .
# Run:   docker run --env-file .env -p 8000:8000 -v frontdesk:/data frontdesk

FROM python:3.11-slim-bookworm AS build
WORKDIR /source
RUN python -m venv /opt/frontdesk
COPY constraints.txt pyproject.toml README.md LICENSE ./
COPY app app
COPY webhooks webhooks
COPY flows flows
RUN /opt/frontdesk/bin/pip install --no-cache-dir -c constraints.txt '.[postgres]'

FROM python:3.11-slim-bookworm
RUN useradd --system --uid 10001 --home-dir /data --create-home frontdesk
COPY --from=build /opt/frontdesk /opt/frontdesk
COPY flows /flows
ENV PATH=/opt/frontdesk/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    FRONTDESK_DATABASE_URL=sqlite+aiosqlite:////data/frontdesk.db \
    FRONTDESK_FLOWS=/flows \
    FRONTDESK_LOG_FORMAT=json
USER frontdesk
WORKDIR /data
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --retries=3 \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/health/ready', timeout=2)"]
STOPSIGNAL SIGTERM
CMD ["frontdesk", "serve", "--host", "0.0.0.0", "--port", "8000"]
