"""One typed object of settings: `settings.toml` in the home folder, then the environment, unknown keys refused."""

from datetime import date
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from data.errors import BadInputError, Problem


class Section(BaseModel):
    """A group of settings; a key it does not know is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class ScoreSettings(Section):
    """What a day's scoring publishes."""

    capacity_share: float = Field(
        0.02, gt=0, le=1, description="share of a day's lines that officers can examine"
    )
    capacity_least: int = Field(20, ge=1, description="lines examined on a small day at the least")
    reasons: int = Field(5, ge=1, description="reasons kept for a line inside capacity")


class TrainSettings(Section):
    """How a model is made."""

    gap_days: int = Field(
        30, ge=0, description="days between the last example fitted and the first one judged"
    )
    seeds: int = Field(3, ge=1, description="boosters averaged, each with its own seed")
    propensity_floor: float = Field(
        0.005, gt=0, le=1, description="least selection propensity; caps the weights"
    )


class Settings(BaseSettings):
    """Everything that may differ between two installations. `home` is the one place for all that is not code."""

    model_config = SettingsConfigDict(
        env_prefix="ORIGINRISK_", env_nested_delimiter="__", extra="forbid", frozen=True
    )

    home: Path
    memory_limit_gb: float = Field(3.0, gt=0, description="memory that DuckDB may use, GB")
    history_start: date = Field(date(2018, 1, 1), description="first day the history may replay")
    score: ScoreSettings = ScoreSettings()
    train: TrainSettings = TrainSettings()

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
        raise BadInputError(_problems(error)) from error


def _problems(error: ValueError) -> list[Problem]:
    if not isinstance(error, ValidationError):
        return [Problem("settings.toml", "valid TOML", str(error))]
    return [
        Problem("settings: " + ".".join(map(str, item["loc"])), item["msg"], repr(item["input"])[:80])
        for item in error.errors()
    ]
