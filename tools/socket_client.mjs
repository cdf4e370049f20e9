// Makes the client of Socket.IO that our pages load, from the package as it was published: one ES
// module for browsers of 2018 and after. Run by tools/vendor.py, which keeps the versions.
import { readFileSync } from 'node:fs';
import { build } from 'esbuild';

const { version } = JSON.parse(readFileSync('node_modules/socket.io-client/package.json'));
// Our pages connect by websocket, or by XMLHttpRequest; these are never asked for.
const unused = { filter: /engine\.io-client\/.*\/(?:webtransport|polling-fetch)\.js$/ };

await build({
  stdin: { contents: "export { io } from 'socket.io-client';", resolveDir: '.' },
  bundle: true,
  minify: true,
  format: 'esm',
  target: 'es2018',
  conditions: ['browser'],
  outfile: process.argv[2],
  legalComments: 'none',
  banner: { js: `/*! Socket.IO v${version}, MIT, (c) Guillermo Rauch; without WebTransport and fetch */` },
  plugins: [{
    name: 'without-unused',
    setup(to) {
      to.onLoad(unused, () => ({ contents: 'export class WT {}\nexport class Fetch {}' }));
    },
  }],
});
