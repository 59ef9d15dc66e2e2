import { expect } from '@playwright/test';
import { cardOf, openDeployments } from './support/services';
import { test } from './support/test';

test('a guest sees that there is something, and what is wanting (P6)', async ({
  openFor,
}) => {
  const page = await openFor('guest');
  await openDeployments(page, 'shop');

  const card = cardOf(page, 'production');
  await expect(card).toContainText('You may not see production');
  await expect(card).toContainText('deployments.read');
  await expect(card).not.toContainText(/\d+\.\d+\.\d+/);
  await expect(page.getByRole('button', { name: /Promote/ })).toHaveCount(0);
});

test('a viewer sees everything and is told why nothing can be done (P6)', async ({
  openFor,
}) => {
  const page = await openFor('noor');
  await openDeployments(page, 'shop');

  const card = cardOf(page, 'staging');
  await expect(card).toContainText('Healthy');
  await expect(card).toContainText('deployments.promote');
  await expect(
    card.getByRole('button', { name: 'Promote to production' }),
  ).toBeDisabled();
});

test('a wrong manifest says where and what to do, and breaks nothing else', async ({
  openFor,
}) => {
  const page = await openFor('ana');
  await openDeployments(page, 'mailer');

  await expect(page.getByText(/deploy\.yaml:6/)).toBeVisible();
  await expect(page.getByText(/Did you mean .vps/)).toBeVisible();

  await openDeployments(page, 'shop');
  await expect(cardOf(page, 'production')).toContainText('Healthy');
});
