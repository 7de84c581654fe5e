// Reads one webhook as JSON from standard input - {secret, headers, body} - and verifies it with
// the receivers' own library. Prints "ok" or why not.
import { readFileSync } from 'node:fs';
import { Webhook } from 'standardwebhooks';

const { secret, headers, body } = JSON.parse(readFileSync(0, 'utf8'));
try {
  new Webhook(secret).verify(body, headers);
  console.log('ok');
} catch (error) {
  console.log(`refused: ${error.message}`);
}
