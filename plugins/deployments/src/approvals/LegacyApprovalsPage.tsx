import { Header, Page } from '@backstage/core-components';
import { useTranslation } from '../hooks/useTranslation';
import { ApprovalsScreen } from './ApprovalsScreen';

/** The approvals with the page around them that the old frontend system leaves to each plugin. */
export function LegacyApprovalsPage() {
  const { t } = useTranslation();
  return (
    <Page themeId="tool">
      <Header title={t('page.title')} subtitle={t('page.approvals')} />
      <div>
        <ApprovalsScreen />
      </div>
    </Page>
  );
}
