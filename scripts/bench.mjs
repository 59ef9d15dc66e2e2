// Runs one benchmark: `yarn bench vps`, or `yarn bench vps --short`.
import { spawn } from 'node:child_process';
import path from 'node:path';
import { installDependencies } from './lib/dependencies.mjs';
import { createEnvironment } from './lib/environment.mjs';
import { ROOT } from './lib/paths.mjs';
import { explain, Progress } from './lib/Progress.mjs';
import { bringToolchain, checkOwnNode } from './lib/tools.mjs';

const progress = new Progress();
try {
  checkOwnNode();
  const toolchain = await progress.step('Node and Yarn', bringToolchain);
  await progress.step('Dependencies', say =>
    installDependencies({ toolchain, say }),
  );
  process.exitCode = await bench(toolchain);
} catch (error) {
  explain(error);
  process.exitCode = 1;
}

/** The benchmark's own lines are the last ones; its exit status is ours. */
function bench(toolchain) {
  const child = spawn(
    toolchain.node,
    [
      '--require',
      '@backstage/cli/config/nodeTransform.cjs',
      path.join(ROOT, 'benchmarks/src/run.ts'),
      ...process.argv.slice(2),
    ],
    {
      cwd: ROOT,
      env: createEnvironment({ path: toolchain.path }),
      stdio: 'inherit',
    },
  );
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', code => resolve(code ?? 1));
  });
}
