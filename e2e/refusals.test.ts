import { expect, test } from '@playwright/test';
import { signIn } from './support/people';
import { cardOf, openDeployments } from './support/services';

test('a guest sees that there is something, and what is wanting (P6)', async ({
  page,
}) => {
  await signIn(page, 'guest');
  await openDeployments(page, 'shop');

  const card = cardOf(page, 'production');
  await expect(card).toContainText('You may not see production');
  await expect(card).toContainText('deployments.read');
  await expect(card).not.toContainText(/\d+\.\d+\.\d+/);
  await expect(page.getByRole('button', { name: /Promote/ })).toHaveCount(0);
});

test('a viewer sees everything and is told why nothing can be done (P6)', async ({
  page,
}) => {
  await signIn(page, 'noor');
  await openDeployments(page, 'shop');

  const card = cardOf(page, 'staging');
  await expect(card).toContainText('Healthy');
  await expect(card).toContainText('deployments.promote');
  await expect(
    card.getByRole('button', { name: 'Promote to production' }),
  ).toBeDisabled();
});

test('a wrong manifest says where and what to do, and breaks nothing else', async ({
  page,
}) => {
  await signIn(page, 'ana');
  await openDeployments(page, 'mailer');

  await expect(page.getByText(/deploy\.yaml:6/)).toBeVisible();
  await expect(page.getByText(/Did you mean .vps/)).toBeVisible();

  await openDeployments(page, 'shop');
  await expect(cardOf(page, 'production')).toContainText('Healthy');
});
