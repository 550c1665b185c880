"""A Spark session without Java: Sail, in this process, through Spark Connect; and a working folder."""

from __future__ import annotations

import warnings

import pytest


@pytest.fixture(scope="session")
def address():
    """Serve Spark Connect and yield its address."""
    sail = pytest.importorskip("pysail.spark", reason="pysail is not installed: see the dev extra")
    server = sail.SparkConnectServer(ip="127.0.0.1", port=0)
    server.start(background=True)
    yield f"sc://127.0.0.1:{server.listening_address[1]}"
    server.stop()


@pytest.fixture(scope="session")
def spark(address, tmp_path_factory):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # from pyspark and its imports, not from our code
        session = pytest.importorskip("pyspark.sql").SparkSession
        made = session.builder.remote(address).getOrCreate()
        made.conf.set("spark.sql.session.timeZone", "UTC")
        yield made, tmp_path_factory.mktemp("work")
        made.stop()
