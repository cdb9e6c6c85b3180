"""The whole house over real sockets: the bot as a process of its own, the local Messenger on its own port, a real database."""
