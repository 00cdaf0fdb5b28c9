"""What is known of images that everyone uses: where they keep data, which port they listen on."""

import re

import msgspec


class Known(msgspec.Struct, frozen=True):
    """`is_database`: keeps what must not be lost, so it is stateful. `is_web`: speaks HTTP at its first port.
    `group`: the group of the user that the image itself runs as, which must own its volumes. `wants_empty`:
    refuses to start in a folder that holds anything, as the top of a fresh disk does (lost+found)."""

    paths: tuple[str, ...] = ()
    ports: tuple[int, ...] = ()
    is_database: bool = False
    is_web: bool = False
    group: int | None = None
    wants_empty: bool = False


def _database(
    path: str | tuple[str, ...], *ports: int, web: bool = False, group: int | None = None, empty: bool = False
) -> Known:
    return Known((path,) if isinstance(path, str) else path, ports, True, web, group, empty)


def _web(*ports: int, group: int | None = None) -> Known:
    return Known((), ports, False, True, group)


_POSTGRES = _database(("/var/lib/postgresql/data", "/var/lib/postgresql", "/bitnami/postgresql"), 5432, empty=True)
_MYSQL = _database(("/var/lib/mysql", "/bitnami/mysql", "/bitnami/mariadb"), 3306, empty=True)
_ELASTIC = _database(("/usr/share/elasticsearch/data", "/usr/share/opensearch/data"), 9200, group=1000)
_REDIS = Known(("/data", "/bitnami/redis/data", "/var/lib/redis"), (6379,))
_KAFKA = _database(("/var/lib/kafka/data", "/bitnami/kafka", "/kafka", "/tmp/kraft-combined-logs"), 9092, group=1000)  # noqa: S108

_KNOWN: dict[str, Known] = {
    "postgres": _POSTGRES,
    "postgresql": _POSTGRES,
    "postgis": _POSTGRES,
    "pgvector": _POSTGRES,
    "timescaledb": _POSTGRES,
    "timescaledb-ha": _POSTGRES,
    "mysql": _MYSQL,
    "mysql-server": _MYSQL,
    "mariadb": _MYSQL,
    "percona": _MYSQL,
    "percona-server": _MYSQL,
    "mongo": _database(("/data/db", "/bitnami/mongodb"), 27017),
    "mongodb": _database(("/data/db", "/bitnami/mongodb"), 27017),
    "redis": _REDIS,
    "redis-stack": _REDIS,
    "redis-stack-server": _REDIS,
    "valkey": _REDIS,
    "keydb": _REDIS,
    "dragonfly": _REDIS,
    "memcached": Known((), (11211,)),
    "elasticsearch": _ELASTIC,
    "opensearch": _ELASTIC,
    "cassandra": _database("/var/lib/cassandra", 9042),
    "scylla": _database("/var/lib/scylla", 9042),
    "kafka": _KAFKA,
    "cp-kafka": _KAFKA,
    "redpanda": _database("/var/lib/redpanda/data", 9092),
    "zookeeper": _database(("/data", "/datalog", "/bitnami/zookeeper"), 2181),
    "cp-zookeeper": _database(("/var/lib/zookeeper/data", "/var/lib/zookeeper/log"), 2181),
    "rabbitmq": _database("/var/lib/rabbitmq", 5672),
    "nats": Known(("/data",), (4222,)),
    "influxdb": _database(("/var/lib/influxdb2", "/var/lib/influxdb"), 8086),
    "clickhouse": _database("/var/lib/clickhouse", 8123, 9000),
    "clickhouse-server": _database("/var/lib/clickhouse", 8123, 9000),
    "minio": _database(("/data", "/bitnami/minio/data"), 9000, web=True),
    "neo4j": _database("/data", 7474, 7687, web=True),
    "couchdb": _database("/opt/couchdb/data", 5984),
    "couchbase": _database("/opt/couchbase/var", 8091),
    "cockroach": _database("/cockroach/cockroach-data", 26257),
    "etcd": _database(("/etcd-data", "/bitnami/etcd"), 2379),
    "consul": _database("/consul/data", 8500),
    "vault": _database(("/vault/file", "/vault/data"), 8200),
    "meilisearch": _database("/meili_data", 7700),
    "typesense": _database("/data", 8108),
    "qdrant": _database("/qdrant/storage", 6333),
    "weaviate": _database("/var/lib/weaviate", 8080),
    "milvus": _database("/var/lib/milvus", 19530),
    "chroma": _database("/data", 8000),
    "solr": _database("/var/solr", 8983, group=8983),
    "mssql": _database("/var/opt/mssql", 1433, group=10001),
    "jenkins": _web(8080, group=1000),
    "prometheus": Known(("/prometheus",), (9090,), False, True, 65534),
    "victoria-metrics": _database("/victoria-metrics-data", 8428),
    "loki": Known(("/loki",), (3100,), group=10001),
    "grafana": _web(3000, group=472),
    "grafana-oss": _web(3000, group=472),
    "nginx": _web(80),
    "httpd": _web(80),
    "caddy": _web(80),
    "traefik": _web(80),
    "whoami": _web(80),
    "wordpress": _web(80),
    "nextcloud": _web(80),
    "gitea": _web(3000),
    "n8n": _web(5678, group=1000),
    "keycloak": _web(8080),
    "kibana": _web(5601),
    "adminer": _web(8080),
    "phpmyadmin": _web(80),
    "pgadmin4": _web(80, group=5050),
}
_NOTHING = Known()
# Ports at which a browser is most often answered.
WEB_PORTS = frozenset(
    {
        80,
        81,
        443,
        3000,
        3001,
        4000,
        4200,
        5000,
        5173,
        5601,
        5678,
        7474,
        8000,
        8008,
        8080,
        8081,
        8088,
        8443,
        8501,
        8888,
        9000,
        9001,
        9090,
    }
)
_TAIL = re.compile(r"[:@].*\Z", re.DOTALL)


def base_name(image: str | None) -> str:
    """`ghcr.io/team/postgres:16` is `postgres`."""
    return _TAIL.sub("", (image or "").rpartition("/")[2])


def known(image: str | None) -> Known:
    return _KNOWN.get(base_name(image), _NOTHING)


def has_tag(image: str) -> bool:
    tail = image.rpartition("/")[2]
    return ":" in tail or "@" in tail


def is_data_path(image: str | None, target: str) -> bool:
    return any(target == path or target.startswith(f"{path}/") for path in known(image).paths)
