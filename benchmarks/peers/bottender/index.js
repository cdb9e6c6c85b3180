// menu -> choice -> echoed text, as Bottender's guide writes a bot.
const REPEAT = 'Say something back';

module.exports = async function App(context) {
  if (!context.event.isText) return;
  const { text } = context.event;
  if (text === REPEAT) {
    context.setState({ waiting: true });
    await context.sendText('What shall I say back?');
  } else if (context.state.waiting) {
    context.setState({ waiting: false });
    await context.sendText(`You wrote: ${text}`);
  } else {
    await context.sendText('What can I do for you?', {
      quickReplies: [{ contentType: 'text', title: REPEAT, payload: 'REPEAT' }],
    });
  }
};
