"""opsdroid's Facebook connector, led to PEER_GRAPH: it knows one address only."""

import os

from opsdroid.connector import facebook

facebook._FACEBOOK_SEND_URL = os.environ["PEER_GRAPH"] + "/v16.0/me/messages?access_token={}"


class Led(facebook.ConnectorFacebook):
    """The same in everything else."""
