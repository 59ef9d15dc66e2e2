import {
  Button,
  Dialog,
  DialogBody,
  DialogFooter,
  DialogHeader,
  Flex,
} from '@backstage/ui';
import { RiLockLine } from '@remixicon/react';
import { useTranslation } from '../hooks/useTranslation';
import { FocusedTitle } from './FocusedTitle';

/** Why the person cannot do what they chose in a menu: an item that is shut takes no focus and could not say it. */
export function RefusalDialog(props: {
  title: string;
  reason: string;
  onClose: () => void;
}) {
  const { title, reason, onClose } = props;
  const { t } = useTranslation();
  return (
    <Dialog isOpen width={480} onOpenChange={isOpen => !isOpen && onClose()}>
      <DialogHeader>
        <FocusedTitle>{title}</FocusedTitle>
      </DialogHeader>
      <DialogBody>
        <Flex gap="2" align="start">
          <RiLockLine size={18} aria-hidden style={{ flex: 'none' }} />
          <span>{reason}</span>
        </Flex>
      </DialogBody>
      <DialogFooter>
        <Button variant="secondary" onPress={onClose}>
          {t('dialog.back')}
        </Button>
      </DialogFooter>
    </Dialog>
  );
}
