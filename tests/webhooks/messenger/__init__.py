"""Tests of Messenger: real bodies, real sockets, no network beyond this machine."""
