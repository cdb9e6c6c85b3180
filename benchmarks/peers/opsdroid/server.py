"""menu -> choice -> echoed text on opsdroid's Facebook connector, which checks no signature.

Runs with the Python of the peer's own environment.
"""

import gettext
import os
import sys
from pathlib import Path

gettext.install("opsdroid")

from opsdroid.core import OpsDroid  # noqa: E402

sys.path.insert(0, str(Path(__file__).parent))

CONFIGURATION = {
    "web": {"host": "127.0.0.1", "port": int(os.environ["PEER_PORT"])},
    "connectors": {
        "facebook": {"module": "led", "verify-token": "verify", "page-access-token": os.environ["PEER_TOKEN"]}
    },
    "parsers": {"regex": {"enabled": True}, "catchall": {"enabled": True}},
    "skills": {"talk": {"module": "talk"}},
}

if __name__ == "__main__":
    with OpsDroid(config=CONFIGURATION) as opsdroid:
        opsdroid.run()
