"""Trains the model once: keywords and rules, no network of neurons."""

import os

os.environ["RASA_TELEMETRY_ENABLED"] = "false"

import rasa

rasa.train("domain.yml", "config.yml", ["nlu.yml", "rules.yml"], output="models", fixed_model_name="bench")
