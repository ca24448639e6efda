#!/bin/sh
# oai-pmh 2.0.3 (npm), the harvester: it goes by completeListSize and not by the token alone.
#
# OAI-PMH 2.0 ends a list with an empty resumptionToken or none; completeListSize is optional and may be an estimate, which later parts revise. One expects
# that a harvester goes on as long as there is a token. This one stops as soon as the part's cursor and length reach the completeListSize that the part
# gives, although a token stands there: of a list that grew, or whose size was told too low, the rest is not fetched, and nothing is reported. A repository
# that wants to be harvested whole tells no size, or one that is above what it has sent while there is more.
#
# Prints what it saw; exits with 1 when that has changed.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y >npm.log 2>&1
npm install --no-audit --no-fund --ignore-scripts oai-pmh@2.0.3 esm@3.2.25 >>npm.log 2>&1 || { cat npm.log; exit 2; }
cat >harvest.js <<'JS'
const http = require('http')
const { OaiPmh } = require('esm')(module)('oai-pmh')
const parts = 3
let size = '' // of the list, as each part tells it
const server = http.createServer((request, response) => {
  const query = new URL(request.url, 'http://localhost').searchParams
  const n = Number(query.get('resumptionToken') || 0)
  const more = n + 1 < parts ? String(n + 1) : ''
  const token = `<resumptionToken cursor="${n * 2}"${size}>${more}</resumptionToken>`
  const header = i => `<header><identifier>oai:example.org:${i}</identifier><datestamp>2026-01-01</datestamp></header>`
  response.setHeader('Content-Type', 'text/xml; charset=utf-8')
  response.end(`<?xml version="1.0" encoding="UTF-8"?><OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><responseDate>2026-01-01T00:00:00Z</responseDate>` +
    `<request verb="ListIdentifiers">http://localhost/oai</request><ListIdentifiers>${header(n * 2)}${header(n * 2 + 1)}${token}</ListIdentifiers></OAI-PMH>`)
})
async function harvested (attribute) {
  size = attribute
  let n = 0
  for await (const _ of new OaiPmh(`http://127.0.0.1:${server.address().port}/oai`, { retry: false }).listIdentifiers({ metadataPrefix: 'oai_dc' })) n++
  return n
}
server.listen(0, '127.0.0.1', async () => {
  const seen = { none: await harvested(''), exact: await harvested(' completeListSize="6"'), low: await harvested(' completeListSize="4"') }
  console.log('oai-pmh 2.0.3: of six identifiers in three parts it fetched', JSON.stringify(seen))
  const same = seen.none === 6 && seen.exact === 6 && seen.low === 4
  console.log(same ? 'as told: with a size that is too low it leaves the part behind the token' : 'CHANGED')
  server.close()
  process.exit(same ? 0 : 1)
})
JS
node harvest.js
