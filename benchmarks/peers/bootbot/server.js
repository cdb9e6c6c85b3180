// menu -> choice -> echoed text, with BootBot's own conversations, which are in memory.
// It knows one address only: the function that it sends with is led to PEER_GRAPH instead.
const home = { paths: [require.resolve('bootbot')] };
const fetch = require(require.resolve('node-fetch', home));
require.cache[require.resolve('node-fetch', home)].exports = (address, options) =>
  fetch(address.replace('https://graph.facebook.com', process.env.PEER_GRAPH), options);

const BootBot = require('bootbot');

const REPEAT = 'Say something back';
const bot = new BootBot({
  accessToken: process.env.PEER_TOKEN,
  appSecret: process.env.PEER_SECRET,
  verifyToken: 'verify',
  webhook: '/webhooks/messenger',
});

bot.hear(REPEAT, (_, chat) => {
  chat.conversation((talk) => {
    talk.ask('What shall I say back?', (payload) => {
      talk.say(`You wrote: ${payload.message.text}`);
      talk.end();
    });
  });
});
bot.on('message', (_, chat, data) => {
  if (!data.captured) chat.say({ text: 'What can I do for you?', quickReplies: [REPEAT] });
});
bot.start(Number(process.env.PEER_PORT));
