/** Files from and to the reader's disk. */
import { useRef } from 'react';
import { Button } from '../../ui/button';

/** Hand a text to the browser as a file. */
export function download(text: string, name: string, type: string): void {
  const url = URL.createObjectURL(new Blob([text], { type }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}

interface FileButtonProps {
  label: string;
  /** The kinds of files that are offered, as browsers want them named. */
  accept?: string;
  isBusy?: boolean;
  onFile: (file: File) => void;
}

/** A button that takes a file. */
export function FileButton({ label, accept = 'application/json,.json', isBusy, onFile }: FileButtonProps) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <input
        ref={input}
        type="file"
        accept={accept}
        hidden
        aria-label={label}
        onChange={(event) => {
          const [file] = event.target.files ?? [];
          event.target.value = '';
          if (file) {
            onFile(file);
          }
        }}
      />
      <Button isBusy={isBusy} onClick={() => input.current?.click()}>
        {label}
      </Button>
    </>
  );
}
