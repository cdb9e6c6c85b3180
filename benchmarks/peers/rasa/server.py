"""menu -> choice -> echoed text on Rasa's own server and its Facebook channel; its tracker store is in memory, which is its default.

The library of that channel knows one address only: it is led to PEER_GRAPH instead. Runs with the Python of the peer's own environment.
"""

import os
import sys
from pathlib import Path

os.environ["RASA_TELEMETRY_ENABLED"] = "false"

import fbmessenger
from rasa.__main__ import main

CREDENTIALS = """facebook:
  verify: verify
  secret: {PEER_SECRET}
  page-access-token: {PEER_TOKEN}
"""

create = fbmessenger.MessengerClient.__init__


def create_led(client, *arguments, **named):
    create(client, *arguments, **named)
    client.graph_url = client.graph_url.replace("https://graph.facebook.com", os.environ["PEER_GRAPH"])


if __name__ == "__main__":
    fbmessenger.MessengerClient.__init__ = create_led
    Path("credentials.yml").write_text(CREDENTIALS.format(**os.environ))
    sys.argv[1:] = ["run", "--port", os.environ["PEER_PORT"], "-i", "127.0.0.1", "--credentials", "credentials.yml"]
    sys.argv += ["--model", "models/bench.tar.gz"]
    main()
