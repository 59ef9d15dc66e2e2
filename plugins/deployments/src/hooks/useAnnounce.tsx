import {
  createContext,
  PropsWithChildren,
  useContext,
  useEffect,
  useState,
} from 'react';
import { VisuallyHidden } from '@backstage/ui';

const AnnounceContext = createContext<(message: string) => void>(() => {});

/** Holds the one polite live region that all screens below it speak through. */
export function AnnouncerProvider({ children }: PropsWithChildren<{}>) {
  const [message, setMessage] = useState('');
  return (
    <AnnounceContext.Provider value={setMessage}>
      {children}
      <VisuallyHidden role="status" aria-live="polite">
        {message}
      </VisuallyHidden>
    </AnnounceContext.Provider>
  );
}

/** Says something to people who use a screen reader. */
export function useAnnounce(): (message: string) => void {
  return useContext(AnnounceContext);
}

/** Says a message whenever it becomes another one; not the one that a screen opens with. */
export function useAnnounceChanges(message: string | undefined): void {
  const announce = useAnnounce();
  const [last, setLast] = useState(message);
  useEffect(() => {
    if (message !== last) {
      setLast(message);
      if (last !== undefined && message !== undefined) {
        announce(message);
      }
    }
  }, [announce, last, message]);
}
