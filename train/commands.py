"""Commands of those who make models. Everything heavy is imported when a command runs."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from originrisk.data.console import Json, day_option

VERSION_HELP = "a version or its beginning, its run, champion or challenger"
Cutoff = Annotated[datetime | None, day_option("--cutoff", "last day whose lines and results may teach")]


def profile(
    ctx: typer.Context,
    *,
    out: Annotated[Path, typer.Option(help="the profile, one HTML file")] = Path("profile.html"),
    as_json: Json = False,
) -> None:
    """Look at lines and results before a training: months, origins, gaps, codes, parties, labels. Changes nothing."""
    import json

    from originrisk.data.console import print_table
    from originrisk.data.settings import load_settings
    from originrisk.train.report.document import write
    from originrisk.train.report.profile import profile_of, profile_page

    found = profile_of(load_settings(ctx.obj))
    write(profile_page(found), out)
    if as_json:
        typer.echo(json.dumps({**found.plain(), "report": str(out)}, allow_nan=False))
        return
    for title in ("overview", "labels", "concepts"):
        rows = found.tables[title]
        heads = [name.replace("_", " ") for name in rows[0]] if rows else []
        cells = [[f"{v:.1%}" if n == "share" else v for n, v in row.items()] for row in rows]
        print_table(title.capitalize(), heads, cells)
    for text in found.mind:
        typer.echo(f"Mind: {text}")
    typer.echo(f"Report: {out}")


def train(
    ctx: typer.Context,
    *,
    cutoff: Cutoff = None,
    seed: Annotated[int, typer.Option(min=0, help="same data and seed, same model")] = 0,
    promote: Annotated[bool, typer.Option("--promote", help="let it take over if it passes the gate")] = False,
    reproduce: Annotated[
        str | None, typer.Option(metavar="RUN", help="do a recorded run again and compare it bit for bit")
    ] = None,
    as_json: Json = False,
) -> None:
    """Learn from the examinations known at the cut-off, judge the model on later ones, and keep it.

    The first model is champion at once; a later one is challenger until `originrisk promote`.
    """
    import json

    from originrisk.data.console import standard_output_kept
    from originrisk.data.settings import load_settings
    from originrisk.models.registry import roles
    from originrisk.train.pipeline import train as run
    from originrisk.train.promotion import decide, take_over
    from originrisk.train.report.terminal import print_training
    from originrisk.train.tracking import mirror, record

    settings = load_settings(ctx.obj)
    if reproduce is not None:
        _reproduce(settings, reproduce, as_json=as_json)
        return
    with standard_output_kept():
        trained = run(settings, cutoff.date() if cutoff else None, seed)
        run_id = record(settings.home, trained)
        if promote and trained.role != "champion":
            take_over(settings, decide(settings, trained.version))
            mirror(settings.home)
    if as_json:
        role = roles(settings.home)[trained.version]
        facts = {"run_id": run_id, "model_version": trained.version, "role": role}
        result = {**facts, "metrics": trained.metrics()}
        typer.echo(json.dumps(result, allow_nan=False))
    else:
        print_training(trained, run_id)


def _reproduce(settings: Any, run: str, *, as_json: bool) -> None:
    import json

    from originrisk.data.console import standard_output_kept
    from originrisk.train.reproduce import reproduce
    from originrisk.train.tracking import recorded, run_meant

    run = run_meant(settings.home, run)
    with standard_output_kept():
        version = reproduce(settings, recorded(settings.home, run))
    told = {"run_id": run, "model_version": version, "reproduced": True}
    typer.echo(json.dumps(told) if as_json else f"Run {run} gives the same metrics and model {version} again.")


def evaluate(
    ctx: typer.Context,
    model: Annotated[
        str | None, typer.Argument(help="a version: its way of learning, its cut-off and seed are evaluated")
    ] = None,
    *,
    cutoff: Cutoff = None,
    out: Annotated[Path, typer.Option(help="the report, one HTML file")] = Path("report.html"),
    as_json: Json = False,
) -> None:
    """Judge how models made this way do on lines they did not learn from; look for leaks; write a report."""
    import json

    from originrisk.data.console import standard_output_kept
    from originrisk.data.settings import load_settings
    from originrisk.train.evaluation.evaluate import evaluate_recipe
    from originrisk.train.report.document import write
    from originrisk.train.report.page import page
    from originrisk.train.report.terminal import print_evaluation
    from originrisk.train.tracking import record_evaluation, version_of

    settings = load_settings(ctx.obj)
    with standard_output_kept():
        version = model and version_of(settings.home, model)
        evaluation = evaluate_recipe(settings, version, cutoff.date() if cutoff else None)
    html = page(evaluation)
    write(html, out)
    record_evaluation(settings.home, evaluation, html)
    if as_json:
        typer.echo(json.dumps({**evaluation.plain(), "report": str(out)}, allow_nan=False))
    else:
        print_evaluation(evaluation, out)


def search(
    ctx: typer.Context,
    *,
    cutoff: Cutoff = None,
    budget: Annotated[int, typer.Option(min=1, help="trials in all, those of an earlier call included")] = 40,
    jobs: Annotated[int, typer.Option(min=1, help="processes side by side")] = 1,
    seed: Annotated[int, typer.Option(min=0, help="with one process: same data and seed, same trials")] = 0,
    as_json: Json = False,
) -> None:
    """Look for better and smaller trees; print what to write into the settings. Goes on where it was stopped."""
    from originrisk.data.console import standard_output_kept
    from originrisk.data.settings import load_settings
    from originrisk.train.search import search_settings
    from originrisk.train.tracking import record_search

    settings = load_settings(ctx.obj)
    with standard_output_kept():
        found = search_settings(settings, cutoff.date() if cutoff else None, seed, budget, jobs)
        record_search(settings.home, found)
    found.print(as_json=as_json)


def models(ctx: typer.Context, *, as_json: Json = False) -> None:
    """List the kept models, oldest first, and the role of each."""
    import json

    from originrisk.data.console import print_table
    from originrisk.data.settings import load_settings
    from originrisk.models.bundle import described
    from originrisk.models.registry import bundle_path, champion_version, roles
    from originrisk.train.evaluation.metrics import METRICS
    from originrisk.train.tracking import SHORT, metrics_of

    home = load_settings(ctx.obj).home
    measured = metrics_of(home)
    kept = {
        v: {**described(bundle_path(home, v)), "role": role, "metrics": measured.get(v, {})}
        for v, role in roles(home).items()
    }
    if as_json:
        typer.echo(json.dumps({"champion": champion_version(home), "models": kept}))
    else:
        names = ("cutoff", "seed", "examples", "role")
        rows = [
            (
                v,
                *(said[name] for name in names),
                *(f"{said['metrics'][n]:{METRICS[n].format}}" if n in said["metrics"] else "–" for n in SHORT),
            )
            for v, said in kept.items()
        ]
        heads = ("version", "cut-off", "seed", "examples", "role", *(METRICS[name].words for name in SHORT))
        print_table("Models; figures are of results, on each training's own later lines", heads, rows)


def card(
    ctx: typer.Context,
    version: Annotated[str, typer.Argument(help=VERSION_HELP)],
    *,
    out: Annotated[Path | None, typer.Option(help="write it to FILE.md instead of printing it")] = None,
    as_json: Json = False,
) -> None:
    """Model card and datasheet of a kept model, in Markdown: what it learned from, how good, where weak."""
    import json

    from originrisk.data.settings import load_settings
    from originrisk.models.bundle import described
    from originrisk.models.registry import bundle_path, kept_path, roles
    from originrisk.train.report.card import card as write_card
    from originrisk.train.tracking import recorded, run_of, version_of

    home = load_settings(ctx.obj).home
    version = version_of(home, version)
    kept_path(home, version)
    run = recorded(home, run_of(home, version))
    told = described(bundle_path(home, version)).get("recalibrated")
    text = write_card(version, roles(home)[version], {**run.settings, "recalibrated": told}, run.metrics)
    if out:
        out.write_text(text, encoding="utf-8")
    if as_json:
        typer.echo(json.dumps({"version": version, "card": text, "out": str(out) if out else None}))
    elif not out:
        typer.echo(text)


def recalibrate(ctx: typer.Context, *, cutoff: Cutoff = None, as_json: Json = False) -> None:
    """Keep the champion's trees, and move their level to what was found since it was made: a challenger."""
    import json

    from originrisk.data.console import standard_output_kept
    from originrisk.data.settings import load_settings
    from originrisk.train.pipeline import recalibrate as run
    from originrisk.train.report.terminal import print_recalibrated
    from originrisk.train.tracking import record_recalibrated

    settings = load_settings(ctx.obj)
    with standard_output_kept():
        made = run(settings, cutoff.date() if cutoff else None)
        run_id = record_recalibrated(settings.home, made)
    if as_json:
        typer.echo(json.dumps({"run_id": run_id, **made.plain()}))
    else:
        print_recalibrated(made)


def promote(
    ctx: typer.Context,
    version: Annotated[str, typer.Argument(help=VERSION_HELP)],
    *,
    override: Annotated[
        str | None, typer.Option(metavar="REASON", help="take over without the gate; the reason is logged")
    ] = None,
    as_json: Json = False,
) -> None:
    """Let a model take over if it passes the gate: beside the champion, on what was found since both were made."""
    import json

    from originrisk.data.settings import load_settings
    from originrisk.models.registry import champion_version
    from originrisk.train.promotion import decide, overrule, take_over
    from originrisk.train.report.page import comparison_page
    from originrisk.train.report.terminal import print_comparison, print_promoted
    from originrisk.train.tracking import mirror, record_promotion, version_of

    settings = load_settings(ctx.obj)
    version = version_of(settings.home, version)
    if override is not None:
        overrule(settings, version, override)
        mirror(settings.home)
        print_promoted(version, as_json=as_json)
        return
    comparison = decide(settings, version)
    if not as_json:
        print_comparison(comparison)
    record_promotion(settings.home, comparison, comparison_page(comparison))
    try:
        take_over(settings, comparison)
        mirror(settings.home)
    finally:
        now = champion_version(settings.home)
        if as_json:
            typer.echo(json.dumps({**comparison.plain(), "champion_now": now}, allow_nan=False))
        else:
            print_promoted(str(now), as_json=False)


def compare(
    ctx: typer.Context,
    version: Annotated[str, typer.Argument(metavar="A", help=VERSION_HELP)],
    other: Annotated[str, typer.Argument(metavar="[B]", help="the model beside it")] = "champion",
    *,
    out: Annotated[Path | None, typer.Option(help="write the comparison as one HTML file, too")] = None,
    as_json: Json = False,
) -> None:
    """Look at two models on the same lines, and at what moves in the queue; changes no role."""
    import json

    from originrisk.data.console import standard_output_kept
    from originrisk.data.settings import load_settings
    from originrisk.train.comparison import compare as run
    from originrisk.train.report.document import write
    from originrisk.train.report.page import comparison_page
    from originrisk.train.report.terminal import print_comparison
    from originrisk.train.tracking import version_of

    settings = load_settings(ctx.obj)
    with standard_output_kept():
        comparison = run(settings, version_of(settings.home, version), version_of(settings.home, other))
    if out:
        write(comparison_page(comparison), out)
    if as_json:
        typer.echo(json.dumps({**comparison.plain(), "out": str(out) if out else None}, allow_nan=False))
    else:
        print_comparison(comparison)


def rollback(
    ctx: typer.Context,
    *,
    why: Annotated[str, typer.Option(help="the reason; it is written to the log")],
    as_json: Json = False,
) -> None:
    """Put the champion before the present one back in charge, at once and without the gate."""
    from originrisk.data.settings import load_settings
    from originrisk.train.promotion import roll_back
    from originrisk.train.report.terminal import print_promoted
    from originrisk.train.tracking import mirror

    settings = load_settings(ctx.obj)
    version = roll_back(settings, why)
    mirror(settings.home)
    print_promoted(version, as_json=as_json)


def backtest(
    ctx: typer.Context,
    *,
    start: Annotated[datetime, typer.Option(help="first month", formats=["%Y-%m"], metavar="YYYY-MM")],
    months: Annotated[int, typer.Option(min=1, help="months that are replayed")] = 24,
    policy: Annotated[
        list[str] | None, typer.Option(help="exploit, random5, random10 or uncertain10; repeat for several")
    ] = None,
    truth: Annotated[
        Path | None, typer.Option(help="a simulated world's truth file: results are drawn around it")
    ] = None,
    every: Annotated[int, typer.Option(min=1, help="months between two trainings")] = 3,
    delay: Annotated[int, typer.Option(min=0, help="days from entry to a known result")] = 45,
    seed: Annotated[int, typer.Option(min=0, help="same data and seed, same months")] = 0,
    as_json: Json = False,
) -> None:
    """Replay months under policies of examination: what each finds, and what it knows of the lines it leaves.

    Without --truth only lines whose result is known can be examined, so real data show a policy among these alone.
    """
    import numpy as np

    from originrisk.data.console import standard_output_kept
    from originrisk.data.settings import load_settings
    from originrisk.train.backtest.plan import POLICIES, BacktestPlan
    from originrisk.train.backtest.run import backtest as run
    from originrisk.train.report.terminal import print_backtest

    settings = load_settings(ctx.obj)
    plan = BacktestPlan(np.datetime64(start.date(), "M"), months, every, delay, seed)
    with standard_output_kept():
        lived = run(settings, plan, policy or list(POLICIES), truth)
    print_backtest(lived, as_json=as_json)


COMMANDS: dict[str, Callable[..., Any]] = {
    "profile": profile,
    "train": train,
    "evaluate": evaluate,
    "search": search,
    "models": models,
    "card": card,
    "recalibrate": recalibrate,
    "compare": compare,
    "promote": promote,
    "rollback": rollback,
    "backtest": backtest,
}
GROUPS: dict[str, typer.Typer] = {}
