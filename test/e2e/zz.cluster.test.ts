import { test } from 'vitest';
import { execFileSync } from 'node:child_process';
import { sharedCluster } from '../cluster/shared.ts';
import { impatient } from '../world/impatient.ts';
import { expectOneOfEach } from '../world/one-of-each.ts';
import { startWorld } from '../world/world.ts';
test('x', {timeout: 90000}, async () => {
    await using world = await startWorld(sharedCluster(), { env: impatient });
    for (const method of ['conversations.create','conversations.setPurpose','conversations.invite','chat.postMessage','chat.update','pins.add','bookmarks.add']) world.slack.fault({act:500, method, nth:1});
    for (const [method, path] of [['POST', /\/issues$/],  ['PATCH', /\/issues\/\d+$/],  ['POST', /\/comments$/],  ['POST', /git-receive-pack$/],  ['POST', /\/pulls$/]] as const) world.faults.rule({act:500, method, path, nth:1});
    await world.declare();
    await world.sees('the live status', ({ status }) => status?.effects?.['pin']?.state === 'Done');
    await world.edit({ severity: 'SEV1' });
    await world.sees('SEV1', ({ status }) => status?.applied?.severity === 'SEV1');
    await world.edit({ state: 'Resolved', resolution: { summary: 'The old endpoint is back.' } });
    try { await expectOneOfEach(world); } finally {
      const p = world.github.repository.path;
      console.log(execFileSync('git', ['-C', p, 'log', '--stat', '-p', '--reverse', 'main..postmortem/inc-00001', '--', 'incidents'], {encoding:'utf8'}).slice(0, 30000));
      console.log(world.controller.log.map(l => JSON.stringify(l)).join('\n'));
    }
});
