"""The settings of how questions are answered: by letters and meaning, and with a language model's help."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, SecretStr, model_validator


class AnswersSettings(BaseModel):
    """A part of `Settings`."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True, use_attribute_docstrings=True)

    answers_by_meaning: bool = True
    """Whether the FAQ is searched by what a question means too, in 16 languages; `false`: by its letters alone, for 130 MB less"""
    answers_folder: Path = Path("~/.cache/frontdesk")
    """Where it is kept what the FAQ's phrases mean, as numbers, and what all processes share; may be deleted at any time"""
    llm_url: str = ""
    """A language model to ask what an unsure question means: base address of an interface like OpenAI's, with `/v1`; none: no model"""
    llm_model: str = ""
    """Name of the model behind `LLM_URL`"""
    llm_key: SecretStr | None = None
    """Key for `LLM_URL`"""
    llm_seconds: float = Field(default=4.0, gt=0.0, le=10.0)
    """How long the model is waited for; then the customer gets the plain answer"""
    llm_a_day: int = Field(default=1_000, ge=1)
    """Questions that the model is asked in a day, for each worker; one customer's count up to 50"""
    llm_rephrases: bool = False
    """Whether the model may also say an entry's answer in words that fit the question; what it adds is not believed"""

    @model_validator(mode="after")
    def _model_has_a_name(self) -> AnswersSettings:
        if self.llm_url and not self.llm_model:
            raise ValueError("FRONTDESK_LLM_URL needs FRONTDESK_LLM_MODEL, the model's name")
        return self
