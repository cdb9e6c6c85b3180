// Bottender's own server, without the command line around it, which asks the registry for news.
const { initializeServer } = require('bottender');

initializeServer().listen(Number(process.env.PEER_PORT), '127.0.0.1');
