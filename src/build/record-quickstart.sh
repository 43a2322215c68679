#!/bin/sh
# Records a quickstart in a terminal and writes src/docs/images/quickstart.svg. Needs script (util-linux), node and npx.
set -eu
cd "$(dirname "$0")/../.."
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

script -q -e -O "$folder/output" -T "$folder/timing" -c 'stty cols 106 rows 24; mvn -q -Pquickstart'

# The build before the first line, and the end after the last, become two seconds.
node - "$folder" > "$folder/recording.cast" <<'NODE'
const fs = require('fs');
const folder = process.argv[2];
let output = fs.readFileSync(folder + '/output');
output = output.subarray(output.indexOf('\n') + 1);
const events = [[0, 'o', '$ '], [0.5, 'o', 'mvn -q -Pquickstart\r\n']];
let time = 0;
for (const line of fs.readFileSync(folder + '/timing', 'utf8').trim().split('\n')) {
  const [delay, length] = line.trim().split(/\s+/).map(Number);
  time = Math.max(2, time + (events.length === 2 ? 0 : delay));
  events.push([time, 'o', output.subarray(0, length).toString()]);
  output = output.subarray(length);
}
events.push([time + 2, 'o', '']);
console.log(JSON.stringify({version: 2, width: 106, height: 24}));
events.forEach(event => console.log(JSON.stringify(event)));
NODE

npx --yes svg-term-cli@2.1.1 --window --no-cursor < "$folder/recording.cast" > src/docs/images/quickstart.svg
