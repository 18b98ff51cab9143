"""A local S3 server, a bucket in it, and settings that name it or nobody."""

import logging
import socket

import pytest
from moto.moto_server.threaded_moto_server import ThreadedMotoServer

from interviewdata.common.object_storage import AudioBucket


@pytest.fixture(scope="module")
def server():
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


def bucket_settings(endpoint, prefix="kept"):
    return {
        "bucket_name": "sound",
        "location": prefix,
        "endpoint_url": endpoint,
        "region_name": None,
        "access_key": "key",
        "secret_key": "secret",
    }


@pytest.fixture
def bucket(server):
    """An empty bucket."""
    store = AudioBucket(**bucket_settings(server))
    store.client.create_bucket(Bucket="sound")
    yield store
    found = store.client.list_objects_v2(Bucket="sound").get("Contents", [])
    for entry in found:
        store.client.delete_object(Bucket="sound", Key=entry["Key"])
    store.client.delete_bucket(Bucket="sound")
    store.client.close()


@pytest.fixture
def nobody_answers(settings):
    """The settings name a store where nothing listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        settings.STORAGES = settings.STORAGES | {
            "default": {
                "BACKEND": "interviewdata.common.object_storage.AudioBucket",
                "OPTIONS": bucket_settings(f"http://127.0.0.1:{free.getsockname()[1]}"),
            }
        }
        yield


@pytest.fixture
def in_bucket(settings, bucket):
    """The settings name the bucket of the local server."""
    settings.STORAGES = settings.STORAGES | {
        "default": {
            "BACKEND": "interviewdata.common.object_storage.AudioBucket",
            "OPTIONS": bucket_settings(bucket.endpoint_url),
        }
    }
    return bucket
