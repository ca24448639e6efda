// Harvests a repository by another's client, and tells what it got as one JSON object: node harvest.js http://127.0.0.1:8080/oai
const { OaiPmh } = require('esm')(module)('oai-pmh')

async function all (items) {
  const out = []
  for await (const item of items) out.push(item)
  return out
}

async function main (address) {
  const client = new OaiPmh(address, { retry: false })
  const records = await all(client.listRecords({ metadataPrefix: 'oai_dc' }))
  const refused = async (run) => { try { await run(); return '' } catch (e) { return e.code } }
  console.log(JSON.stringify({
    identify: await client.identify(),
    formats: await client.listMetadataFormats(),
    sets: await all(client.listSets()),
    records,
    rich: await all(client.listRecords({ metadataPrefix: 'mods' })),
    headers: await all(client.listIdentifiers({ metadataPrefix: 'mods', set: 'kind_result' })),
    one: await client.getRecord(records[0].header.identifier, 'mods'),
    unknown: await refused(() => client.getRecord('oai:nowhere:1', 'oai_dc')),
    empty: await refused(() => all(client.listRecords({ metadataPrefix: 'oai_dc', from: '2099-01-01' })))
  }))
}

main(process.argv[2]).catch(e => { console.error(e); process.exit(1) })
