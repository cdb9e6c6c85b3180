// menu -> choice -> echoed text, with Botkit's own conversations; its state is in memory, which is its default.
// The adapter always speaks https to its `api_host`: the one function that it sends with is led to PEER_GRAPH instead.
const request = require('request');
const led = (options, done) =>
  request({ ...options, uri: options.uri.replace('https://graph.facebook.com', process.env.PEER_GRAPH) }, done);
require.cache[require.resolve('request')].exports = led;

process.env.PORT = process.env.PEER_PORT;
const { Botkit, BotkitConversation } = require('botkit');
const { FacebookAdapter } = require('botbuilder-adapter-facebook');

const REPEAT = 'Say something back';
const adapter = new FacebookAdapter({
  access_token: process.env.PEER_TOKEN,
  app_secret: process.env.PEER_SECRET,
  verify_token: 'verify',
});
const controller = new Botkit({ webhook_uri: '/webhooks/messenger', adapter });

const wish = new BotkitConversation('wish', controller);
wish.ask('What shall I say back?', async () => {}, 'wish');
wish.say('You wrote: {{{vars.wish}}}');
controller.addDialog(wish);

controller.hears(new RegExp(`^${REPEAT}$`), 'message', async (bot) => bot.beginDialog('wish'));
controller.on('message', async (bot, message) => {
  const choices = [{ content_type: 'text', title: REPEAT, payload: 'REPEAT' }];
  await bot.reply(message, { text: 'What can I do for you?', quick_replies: choices });
});
