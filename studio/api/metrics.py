"""/metrics: how the studio is, for Prometheus. Counted from the ledger when asked, so a restart loses nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, ProcessCollector, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric, SummaryMetricFamily
from prometheus_client.registry import Collector
from starlette.concurrency import run_in_threadpool

from pipelines.device import devices, reading
from studio.studio import Studio

PROMETHEUS: dict[int | str, dict[str, Any]] = {200: {"content": {"text/plain": {"schema": {"type": "string"}}}}}


def router(studio: Studio) -> APIRouter:
    routes, registry = APIRouter(tags=["health"]), CollectorRegistry()
    registry.register(House(studio))
    ProcessCollector(registry=registry)

    @routes.get("/metrics", response_class=Response, responses=PROMETHEUS)
    async def metrics() -> Response:
        """Jobs, models, files, workers, disk and device, in Prometheus' text format."""
        return Response(await run_in_threadpool(generate_latest, registry), media_type=CONTENT_TYPE_LATEST)

    return routes


class House(Collector):
    def __init__(self, studio: Studio):
        self.studio = studio

    def describe(self) -> list[Metric]:
        return []  # or it would be counted once merely to be registered

    def collect(self) -> Iterator[Metric]:
        health = self.studio.health()
        yield gauge("info", "The studio that answers", {health["version"]: 1}, "version")
        yield gauge("healthy", "1 when jobs can run", {"": float(health["status"] == "ok")})
        yield gauge("uptime_seconds", "Since it was opened", {"": health["uptime_s"]})
        paused = health["queue"].pop("paused")
        yield gauge("queue_paused", "1 while no job is started", {"": float(paused)})
        yield gauge("jobs", "Jobs of the ledger by status", health["queue"], "status")
        yield gauge("models", "Models of the catalogue by status", health["models"], "status")
        alive = sum(worker["alive"] for worker in health["workers"])
        yield gauge("workers_alive", "Worker processes", {"": alive})
        yield gauge("disk_free_bytes", "On the disk of the home", {"": health["disk"]["free_gb"] * 2**30})
        yield from self.finished()
        yield from self.library()
        yield from self.device()

    def finished(self) -> Iterator[Metric]:
        """What the jobs of each model came to, and how long those that were done took."""
        ended = CounterMetricFamily("homereel_jobs_ended", "Jobs that are over", labels=["task", "model", "status"])
        took = SummaryMetricFamily("homereel_job_seconds", "From start to end", labels=["task", "model"])
        rows = self.studio.db.all(
            "select task, model, status, count(*) n, coalesce(sum(finished - started), 0) seconds from job"
            " where status in ('done', 'failed', 'cancelled') group by task, model, status"
        )
        for row in rows:
            ended.add_metric([row["task"], row["model"], row["status"]], row["n"])
            if row["status"] == "done":
                took.add_metric([row["task"], row["model"]], row["n"], row["seconds"])
        yield from (ended, took)

    def library(self) -> Iterator[Metric]:
        rows = self.studio.db.all("select kind, count(*), sum(bytes) from asset where trashed is null group by kind")
        yield gauge("assets", "Files in the library", {kind: n for kind, n, _ in rows}, "kind")
        yield gauge("assets_bytes", "Their size", {kind: size for kind, _, size in rows}, "kind")

    def device(self) -> Iterator[Metric]:
        device = devices(self.studio.settings.device)[0]
        now = reading(device)
        known = {
            "memory_bytes": (now.memory_gb, 2**30),
            "memory_used_bytes": (now.used_gb, 2**30),
            "celsius": (now.celsius, 1),
        }
        for name, (value, unit) in known.items():
            if value is not None:
                yield gauge(f"device_{name}", device.title, {device.name: value * unit}, "device")


def gauge(name: str, about: str, values: dict[str, Any], label: str = "") -> Metric:
    metric = GaugeMetricFamily(f"homereel_{name}", about, labels=[label] if label else [])
    for key, value in values.items():
        metric.add_metric([key] if label else [], float(value))
    return metric
