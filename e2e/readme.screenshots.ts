import { test } from '@playwright/test';
import { openFor } from './support/people';
import {
  arrange,
  cardOf,
  openDeployments,
  outcomeOf,
} from './support/services';

/** Where the pictures of the README and the docs lie. */
const FOLDER = 'docs/images';

/** Sharp on screens of today. */
const options = {
  deviceScaleFactor: 2,
  viewport: { width: 1280, height: 800 },
};

test('the pictures of the README', async ({ browser }) => {
  await arrange({ service: 'shop', environment: 'staging', version: '1.3.0' });
  await arrange({
    service: 'shop',
    environment: 'production',
    version: '1.2.0',
  });
  const page = await openFor(browser, 'ana', options);
  await openDeployments(page, 'shop');
  await cardOf(page, 'production').getByText('Healthy').waitFor();
  await page.screenshot({ path: `${FOLDER}/environments.png` });

  await page.getByRole('button', { name: 'Promote to production' }).click();
  const plan = page.getByRole('dialog');
  await plan.getByText('Escape what people search for').waitFor();
  await page.screenshot({ path: `${FOLDER}/plan.png` });
  await plan.getByRole('button', { name: 'Promote to production' }).click();
  await page.getByText('Waiting for approval 0/1').waitFor();

  const raj = await openFor(browser, 'raj', options);
  await raj.goto('/deployments');
  await raj.getByRole('button', { name: /^Review shop/ }).click();
  await raj.getByRole('dialog').getByText('Escape what').waitFor();
  await raj.screenshot({ path: `${FOLDER}/approval.png` });
  await raj
    .getByRole('dialog')
    .getByRole('button', { name: 'Approve for production' })
    .click();
  await outcomeOf(page, 'Succeeded').waitFor();
  await page.screenshot({ path: `${FOLDER}/run.png` });

  await page.goto('/catalog/default/component/shop/deployments/history');
  await page.getByRole('row').nth(3).waitFor();
  await page.screenshot({ path: `${FOLDER}/history.png` });
});
