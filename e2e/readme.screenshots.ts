import { Page } from '@playwright/test';
import {
  arrange,
  cardOf,
  openDeployments,
  outcomeOf,
  startWaiting,
} from './support/services';
import { test } from './support/test';

/** Where the pictures of the README and the docs lie. */
const FOLDER = 'docs/images';

/** Sharp on screens of today. */
const options = {
  deviceScaleFactor: 2,
  viewport: { width: 1280, height: 800 },
};

test('the pictures of the README', async ({ openFor }) => {
  await arrange({ service: 'shop', environment: 'staging', version: '1.3.0' });
  await arrange({
    service: 'shop',
    environment: 'production',
    version: '1.2.0',
  });
  const page = await openFor('ana', options);
  await openDeployments(page, 'shop');
  await cardOf(page, 'production').getByText('Healthy').waitFor();
  await page.screenshot({ path: `${FOLDER}/environments.png` });

  await page.getByRole('button', { name: 'Promote to production' }).click();
  const plan = page.getByRole('dialog');
  await plan.getByText('Escape what people search for').waitFor();
  await page.screenshot({ path: `${FOLDER}/plan.png` });
  await plan
    .getByRole('textbox', { name: /Reason/ })
    .fill('People asked for the search');
  await plan.getByRole('button', { name: 'Promote to production' }).click();
  await page.getByText('Waiting for approval 0/1').waitFor();

  const raj = await openFor('raj', options);
  await raj.goto('/deployments');
  await raj.getByText('Ana Duarte, waits').waitFor();
  await raj.screenshot({ path: `${FOLDER}/approvals.png` });
  await reviewButton(raj).click();
  await raj.getByRole('dialog').getByText('Escape what').waitFor();
  await raj.screenshot({ path: `${FOLDER}/approval.png` });
  await raj
    .getByRole('dialog')
    .getByRole('button', { name: 'Approve for production' })
    .click();
  await outcomeOf(page, 'Succeeded').waitFor();
  // Nothing lies under the pointer.
  await page.mouse.move(0, 0);
  await page.screenshot({ path: `${FOLDER}/run.png` });

  await showLiveRun(page);
  await rollBack(page, raj);
  await rejectPromotion(raj);
  await page.goto('/catalog/default/component/shop/deployments/history');
  await page.getByRole('row').nth(3).waitFor();
  await page.screenshot({ path: `${FOLDER}/history.png` });
});

function reviewButton(page: Page) {
  return page.getByRole('button', { name: /^Review shop/ });
}

/** A release whose health check fails keeps its step waiting long enough to be looked at. */
async function showLiveRun(page: Page) {
  await page.goto(
    '/catalog/default/component/shop/deployments/plan/deploy/staging?ref=v1.4.0',
  );
  const plan = page.getByRole('dialog');
  await plan
    .getByRole('textbox', { name: /Reason/ })
    .fill('Prices from the price service, once more');
  await plan.getByRole('button', { name: 'Deploy to staging' }).click();
  await page.locator('[data-line]').nth(3).waitFor();
  await page.screenshot({ path: `${FOLDER}/run-live.png` });
  await outcomeOf(page, 'Failed').waitFor();
}

/** Ana takes the release back, and Raj agrees. */
async function rollBack(page: Page, raj: Page) {
  await page.goto(
    '/catalog/default/component/shop/deployments/plan/rollback/production',
  );
  const plan = page.getByRole('dialog');
  await plan
    .getByRole('textbox', { name: /Reason/ })
    .fill('Search finds half of the products');
  await plan.getByRole('button', { name: 'Roll back production' }).click();
  await page
    .locator('header')
    .getByText(/^Waiting|^Succeeded/)
    .waitFor();
  if (await outcomeOf(page, 'Waiting for approval 0/1').isVisible()) {
    await raj.goto('/deployments');
    await reviewButton(raj).click();
    await raj.getByRole('button', { name: 'Approve for production' }).click();
  }
  await outcomeOf(page, 'Succeeded').waitFor();
}

/** Somebody asks for the same release again, and Raj says no. */
async function rejectPromotion(raj: Page) {
  await startWaiting('shop');
  await raj.goto('/deployments');
  await reviewButton(raj).click();
  const review = raj.getByRole('dialog');
  await review
    .getByRole('textbox', { name: /Reason/ })
    .fill('Not before search is mended');
  await review.getByRole('button', { name: 'Reject for production' }).click();
  await review.waitFor({ state: 'detached' });
}
