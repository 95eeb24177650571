# syntax=docker/dockerfile:1
# Targets: 'silo' (the last one: what 'docker build .' makes) and 'pgbouncer'.

FROM mcr.microsoft.com/dotnet/sdk:10.0-noble AS build
WORKDIR /source
ENV DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
# Packages are restored from these files alone, so that a change of code leaves this layer as it is.
COPY global.json Directory.Build.props Directory.Packages.props BannedSymbols.txt ./
COPY src/Directory.Build.props src/
COPY src/Abstractions/QLearning.Abstractions.csproj src/Abstractions/
COPY src/Cli/QLearning.Cli.csproj src/Cli/
COPY src/Client/QLearning.Client.csproj src/Client/
COPY src/Grains/QLearning.Grains.csproj src/Grains/
COPY src/Http/QLearning.Http.csproj src/Http/
COPY src/Learning/QLearning.Learning.csproj src/Learning/
COPY src/Mcp/QLearning.Mcp.csproj src/Mcp/
COPY src/Postgres/QLearning.Postgres.csproj src/Postgres/
COPY src/Silo/QLearning.Silo.csproj src/Silo/
COPY src/Storage/QLearning.Storage.csproj src/Storage/
COPY src/TestingHost/QLearning.TestingHost.csproj src/TestingHost/
RUN dotnet restore src/Cli/QLearning.Cli.csproj
COPY .editorconfig ./
COPY db/ db/
COPY src/ src/
RUN dotnet publish src/Cli/QLearning.Cli.csproj --configuration Release --no-restore --output /app -p:UseAppHost=false

FROM debian:12.12-slim AS pgbouncer
RUN apt-get update && apt-get install -y --no-install-recommends pgbouncer && rm -rf /var/lib/apt/lists/*
COPY --chmod=0755 deploy/docker/pgbouncer.sh /usr/local/bin/
USER nobody
EXPOSE 6432
HEALTHCHECK --interval=5s --timeout=3s --start-period=10s CMD ["pgbouncer.sh", "healthy"]
ENTRYPOINT ["pgbouncer.sh"]

FROM mcr.microsoft.com/dotnet/aspnet:10.0-noble AS silo
# Nothing is written but to PostgreSQL: the root file system may be read-only. Diagnostics would want a socket in /tmp.
ENV DOTNET_EnableDiagnostics=0 \
    QLearning__Silo__SiloPort=11111 \
    QLearning__Silo__GatewayPort=30000 \
    QLearning__Silo__HttpPort=8080
COPY --from=build /app /app
COPY --chmod=0755 deploy/docker/entry.sh /usr/local/bin/
# An appsettings.json mounted here is read.
WORKDIR /etc/qlearn
USER $APP_UID
EXPOSE 8080 11111 30000
HEALTHCHECK --interval=5s --timeout=5s --start-period=60s CMD ["entry.sh", "healthy"]
ENTRYPOINT ["entry.sh"]
CMD ["serve"]
