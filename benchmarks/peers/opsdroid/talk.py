"""The bot as a skill of opsdroid. Who is asked what lies in a set: without a database opsdroid's own memory keeps nothing."""

from typing import ClassVar

from opsdroid.matchers import match_catchall, match_regex
from opsdroid.skill import Skill


class Talk(Skill):
    """menu -> choice -> echoed text. The connector sends plain text only, so choices are typed."""

    waiting: ClassVar[set[str]] = set()

    @match_regex(r"^menu$")
    async def menu(self, message):
        self.waiting.discard(message.user_id)
        await message.respond("What can I do for you?")

    @match_regex(r"^Say something back$")
    async def choice(self, message):
        self.waiting.add(message.user_id)
        await message.respond("What shall I say back?")

    @match_catchall(messages_only=True)
    async def wish(self, message):
        if message.user_id in self.waiting:
            self.waiting.discard(message.user_id)
            await message.respond(f"You wrote: {message.text}")
        else:
            await message.respond("What can I do for you?")
