# The headless runner of a composed design; the context is the folder with the source.
FROM rust:1.95-slim AS build
RUN apt-get update && apt-get install -y --no-install-recommends gcc libc6-dev && rm -rf /var/lib/apt/lists/*
WORKDIR /source
COPY . .
RUN cargo build --release --locked

FROM debian:trixie-slim
# Sessions keep a Redis of their own beside the runner; ps is for its watchdog.
RUN apt-get update && apt-get install -y --no-install-recommends valkey-server procps ca-certificates && rm -rf /var/lib/apt/lists/*
COPY --from=build /source/target/release/seckill-lab /usr/local/bin/seckill-lab
ENTRYPOINT ["seckill-lab"]
