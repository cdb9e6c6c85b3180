"""A local Messenger: plays Meta's side over real HTTP, in memory. Never imports the bot, never reads a setting or the disk.

Signed webhooks go out, the Send API and the Graph batch come in, with Meta's limits, windows, error bodies and echoes;
`/_control` lets tests and the chat page at `/` be the customers, the person in the Page's own inbox, and the bad weather.
"""

from webhooks.simulator.app import create_simulator
from webhooks.simulator.settings import PageAccount, SimulatorSettings

__all__ = ["PageAccount", "SimulatorSettings", "create_simulator"]
