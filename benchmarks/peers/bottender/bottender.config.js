// Sessions in redis when PEER_REDIS_PORT is given, else in memory. `origin` is Bottender's own option.
const redis = process.env.PEER_REDIS_PORT;

module.exports = {
  session: {
    driver: redis ? 'redis' : 'memory',
    stores: {
      memory: { maxSize: 100000 },
      redis: { host: '127.0.0.1', port: Number(redis) },
    },
  },
  channels: {
    messenger: {
      enabled: true,
      path: '/webhooks/messenger',
      pageId: process.env.PEER_PAGE_ID,
      accessToken: process.env.PEER_TOKEN,
      appId: process.env.PEER_APP_ID,
      appSecret: process.env.PEER_SECRET,
      verifyToken: 'verify',
      origin: process.env.PEER_GRAPH,
    },
  },
};
