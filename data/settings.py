"""One typed object of settings: `settings.toml` in the home folder, then the environment, unknown keys refused."""

from datetime import date
from math import ceil
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, NonNegativeFloat, SecretStr, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

from originrisk.data.errors import BadInputError, Problem


class Section(BaseModel):
    """A group of settings; a key it does not know is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class ReadSettings(Section):
    """What a file of a delivery may hold: a file beyond it is refused, a record beyond it rejected."""

    most_gb: float = Field(64.0, gt=0, description="bytes of a file once it is unpacked, GB")
    most_ratio: float = Field(
        100.0, ge=1, description="unpacked bytes for each byte of the file, beyond the first 64 MB"
    )
    most_record_kb: int = Field(1024, ge=1, description="bytes of a record, or of a cell of Parquet, kB")
    most_group_mb: int = Field(
        128, ge=1, description="memory for rows read at once, and for the texts that a workbook shares, MB"
    )


class ScoreSettings(Section):
    """What a day's scoring publishes."""

    capacity_by_port: dict[str, int] = Field(
        {}, description="lines a day by US port of entry (Schedule D); other ports share what follows"
    )
    random_share: float = Field(
        0.1, ge=0, lt=1, description="share of capacity filled by lot: the random arm, whatever the score"
    )
    unknown_share: float = Field(
        0.0, ge=0, le=1, description="share of the lot drawn among goods of chapters of which no result is known"
    )
    random_key: int = Field(
        0, ge=0, description="mixed into the lot; choose your own, so that nobody outside can foresee it"
    )
    order_by: Literal["probability", "expected_value"] = Field(
        "probability", description="what fills capacity: the probability, or probability times entered value"
    )
    capacity_share: float = Field(0.02, gt=0, le=1, description="share of a day's lines that officers can examine")
    capacity_least: int = Field(20, ge=1, description="lines examined on a small day at the least")
    reasons: int = Field(5, ge=1, description="reasons kept for a line inside capacity")

    def capacity(self, lines: int) -> int:
        """How many of a day's lines officers can examine at ports without a capacity of their own."""
        return min(lines, max(self.capacity_least, ceil(lines * self.capacity_share)))


class Level(Section):
    """When a measure of the night warns and when it stops the night; without a level it never does."""

    warn: float | None = Field(ge=0, description="above it the night ends with warnings")
    stop: float | None = Field(ge=0, description="above it nothing is published")


class NightLevels(Section):
    """Levels of what a night measures. A measure is what lies beyond the noise of small numbers (docs/night.md)."""

    volume: Level = Level(warn=0.7, stop=2.3)
    rejected: Level = Level(warn=0.05, stop=0.5)
    nulls: Level = Level(warn=0.2, stop=0.7)
    codes: Level = Level(warn=0.05, stop=0.5)
    categories: Level = Level(warn=0.1, stop=0.6)
    values: Level = Level(warn=0.7, stop=2.3)
    labels: Level = Level(warn=0.7, stop=None)
    late: Level = Level(warn=0.15, stop=0.8)
    feature_drift: Level = Level(warn=1.0, stop=None)
    drifting_features: Level = Level(warn=0.1, stop=0.6)
    score_drift: Level = Level(warn=0.25, stop=2.0)
    performance: Level = Level(warn=0.05, stop=0.2)
    calibration: Level = Level(warn=0.7, stop=2.3)


class NightSettings(Section):
    """How the night job works."""

    mapping: str = Field("contract", description="mapping of the files in the inbox")
    usual_days: int = Field(56, ge=7, description="days before the night that say what is usual")
    least_usual: int = Field(20, ge=1, description="lines a day, below which a day without lines is usual")
    suppression_days: int = Field(180, ge=1, description="days a suppression may last at the most")
    levels: NightLevels = NightLevels()


Rate = Annotated[float, Field(ge=0, lt=1)]


class ErrorPrior(Section):
    """What is expected of a method of examination before its results are looked at; a rate is one for all entry dates,
    or three: to 2022-06-20, to 2024, since."""

    false_positive: Rate | tuple[Rate, Rate, Rate] = Field(
        description="share of lines without Xinjiang inputs whose result says otherwise"
    )
    false_negative: Rate | tuple[Rate, Rate, Rate] = Field(
        description="share of lines with Xinjiang inputs whose result says otherwise"
    )
    doubt: tuple[NonNegativeFloat, NonNegativeFloat] = Field(
        description="how far the two may be off, a standard deviation in log-odds; 0: as declared, without a doubt"
    )
    source: str = Field(min_length=1, description="where this is known from")


class TrainSettings(Section):
    """How a model is made."""

    error_rates: dict[Literal["isotopic", "dna", "document_review", "detention", "other"], ErrorPrior] = Field(
        {}, description="expected error rates by method, in place of the shipped ones"
    )

    gap_days: int = Field(30, ge=0, description="days between the last example fitted and the first one judged")
    seeds: int = Field(4, ge=1, description="boosters averaged, by turns of two kinds: best an even number")
    propensity_floor: float = Field(0.005, gt=0, le=1, description="least selection propensity; caps the weights")
    unexamined_weight: float = Field(
        0.3, ge=0, le=1, description="what lines nobody examined weigh at the most, in shares of the examined"
    )
    leaves: int = Field(15, ge=2, description="leaves of a tree")
    learning_rate: float = Field(0.08, gt=0, le=1, description="step of each tree")
    least_lines: int = Field(40, ge=1, description="lines in a leaf at the least")
    shrinkage: float = Field(2.0, ge=0, description="L2 penalty of a leaf's value")
    feature_share: float = Field(0.3, gt=0, le=1, description="features that a tree may choose from")
    line_share: float = Field(0.5, gt=0, le=1, description="lines that a tree learns from")


class GateSettings(Section):
    """What a challenger has to show before it takes over; docs/promotion-gate.md says it in words."""

    least_results: int = Field(100, ge=1, description="results known since both cut-offs, at the least")
    least_positives: int = Field(10, ge=1, description="positive ones among them, also in a slice that is judged")
    slice_loss: float = Field(0.25, gt=0, lt=1, description="share of a slice's AP that may be lost")
    calibration_error: float = Field(0.02, gt=0, lt=1, description="calibration error that is always good enough")
    calibration_ratio: float = Field(1.5, gt=1, description="factor by which expected and found may differ")


class ServiceSettings(Section):
    """How the online service takes requests. Limits hold for each worker, the rate for each key over all workers."""

    host: str = Field("127.0.0.1", description="address to listen on; TLS belongs in front or to --tls-key")
    port: int = Field(8080, ge=1, le=65535, description="port to listen on")
    workers: int = Field(1, ge=1, description="processes that answer")
    most_lines: int = Field(1000, ge=1, description="lines in a request at the most")
    most_bytes: int = Field(2_000_000, ge=1, description="bytes in a body at the most")
    waiting_lines: int = Field(4000, ge=1, description="lines taken and not yet answered, at the most")
    wait_seconds: float = Field(10.0, gt=0, description="time for a body to arrive, and for a request to get its turn")
    watch_seconds: float = Field(1.0, gt=0, description="time between looks for a new model or history")
    lines_per_second: float = Field(1000.0, gt=0, description="lines that a key may ask for, steadily")
    burst_lines: int = Field(4000, ge=1, description="lines that a key may ask for at once")
    days_ahead: int = Field(31, ge=1, description="days that a line may lie ahead of the history's last")
    oidc_issuer: str = Field("", description="issuer whose bearer tokens are taken beside API keys; empty: none")
    oidc_audience: str = Field("", description="audience that such a token must name")
    oidc_keys_url: str = Field("", description="where the issuer publishes its signing keys (JWKS)")
    proxies: tuple[str, ...] = Field(
        (), description="addresses of proxies whose X-Forwarded-For and X-Forwarded-Proto are believed"
    )


class QueueSettings(Section):
    """How officers reach the queue, and who they are taken for."""

    host: str = Field("127.0.0.1", description="address to listen on; TLS belongs in front or to --tls-key")
    port: int = Field(8090, ge=1, le=65535, description="port to listen on")
    hosts: tuple[str, ...] = Field(
        ("localhost", "127.0.0.1"), description="names under which browsers reach it; others are refused"
    )
    database: SecretStr = Field(
        SecretStr(""), description="postgresql://… for a team; empty: a SQLite file in the home"
    )
    idle_minutes: int = Field(30, ge=1, description="minutes without a request that end a session")
    session_hours: int = Field(10, ge=1, description="hours after which a session ends whatever happens")
    lock_after: int = Field(5, ge=1, description="wrong passwords in a row that lock an account out")
    lock_minutes: int = Field(15, ge=1, description="minutes for which it stays locked out")
    log_ins_per_minute: int = Field(60, ge=1, description="log-ins that an address, or a name, may try in a minute")
    proxies: tuple[str, ...] = Field(
        (), description="addresses of proxies whose X-Forwarded-For and X-Forwarded-Proto are believed"
    )
    oidc_issuer: str = Field(
        "", description="OpenID Connect provider whose word opens the account it names; empty: none"
    )
    oidc_client_id: str = Field("", description="what the provider calls the queue")
    oidc_client_secret: SecretStr = Field(SecretStr(""), description="the queue's secret at the provider")
    oidc_name: str = Field(
        "preferred_username", description="claim that names the account; one that users cannot change at the provider"
    )


class SparkSettings(Section):
    """Where `--engine spark` runs (docs/deploy/spark.md)."""

    master: str = Field("local[*]", description="master of the cluster; `--master` wins over it")
    options: dict[str, str] = Field({}, description="Spark's own settings, such as `spark.executor.memory`")


class Settings(BaseSettings):
    """Everything that may differ between two installations. `home` is the one place for all that is not code."""

    model_config = SettingsConfigDict(env_prefix="ORIGINRISK_", env_nested_delimiter="__", extra="forbid", frozen=True)

    home: Path
    memory_limit_gb: float = Field(3.0, gt=0, description="memory that DuckDB may use, GB")
    history_start: date = Field(
        date(1989, 1, 1), description="first day the history may replay; what is older is left out, and said so"
    )
    history_shards: int = Field(
        1, ge=1, le=1024, description="shards over which the keys of a history are split when it is learned anew"
    )
    read: ReadSettings = ReadSettings()
    score: ScoreSettings = ScoreSettings()
    night: NightSettings = NightSettings()
    train: TrainSettings = TrainSettings()
    gate: GateSettings = GateSettings()
    service: ServiceSettings = ServiceSettings()
    queue: QueueSettings = QueueSettings()
    spark: SparkSettings = SparkSettings()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments win over the environment, which wins over the file."""
        home = init_settings()["home"]
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls, home / "settings.toml")


def load_settings(home: Path) -> Settings:
    """Settings for a home folder (made absolute). Raises BadInputError naming every wrong key."""
    try:
        return Settings(home=home.expanduser().resolve())
    except (ValidationError, ValueError) as error:
        if not isinstance(error, ValidationError):
            raise BadInputError(Problem("settings.toml", "valid TOML", str(error))) from error
        items = (("settings: " + ".".join(map(str, item["loc"])), item) for item in error.errors())
        problems = [Problem(where, item["msg"], _found(item["type"], item["input"])) for where, item in items]
        raise BadInputError(problems) from error


def _found(kind: str, given: object) -> str:
    """A number that is out of range, as it was given; else only the kind of a value, for it may be a secret."""
    if isinstance(given, int | float) and kind not in {"extra_forbidden", "string_type"}:
        return repr(given)
    kinds: dict[type, str] = {str: f"a text of {len(str(given))} characters", dict: "a table", list: "a list"}
    return kinds.get(type(given), "another value")
