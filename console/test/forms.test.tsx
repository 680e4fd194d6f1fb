import { type Answer, call, type Schemas } from '@tenantry/sdk';
import { screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, it, vi } from 'vitest';
import { ApiForm } from '../src/forms/api-form';
import { TextField } from '../src/forms/fields';
import { fieldOf } from '../src/forms/problems';
import { ok, problem, type Script, stage } from './stage';

type Project = Schemas['ProjectView'];
const path = { project_id: 'p-1' };

function form(script: Script, onDone?: (answer: Answer<Project>) => void) {
  return stage(
    <ApiForm
      defaultValues={{ name: 'Old', description: '' }}
      labels={{ name: 'Name', description: 'Description' }}
      call={(body, ifMatch) => call('put', '/projects/{project_id}', { path, body, ifMatch })}
      versioned={{
        etag: '"1"',
        read: call('get', '/projects/{project_id}', { path }),
        toValues: ({ name, description }: Project) => ({ name, description: description ?? '' }),
      }}
      submitLabel="Save"
      done="Saved"
      refresh={['/projects']}
      onDone={onDone}
    >
      <TextField name="name" isRequired />
      <TextField name="description" />
    </ApiForm>,
    script,
  );
}

const save = async () => userEvent.click(await screen.findByRole('button', { name: 'Save' }));
const type = async (label: string, text: string) => {
  const field = await screen.findByLabelText(new RegExp(label));
  await userEvent.clear(field);
  await userEvent.type(field, text);
};

describe('a form', () => {
  it('saves with the version that it began with, and says so', async () => {
    const onDone = vi.fn();
    const { requests } = form({ 'PUT /projects/p-1': () => ok({ id: 'p-1' }, { etag: '"2"' }) }, onDone);
    await type('Name', 'New');
    await save();
    expect(await screen.findByText('Saved')).toBeVisible();
    expect(requests[0]?.headers.get('if-match')).toBe('"1"');
    expect(await requests[0]?.json()).toEqual({ name: 'New', description: '' });
    expect(onDone).toHaveBeenCalledOnce();
    expect(screen.queryByRole('button', { name: 'Discard changes' })).toBeNull();
  });

  it('does not send what is plainly incomplete', async () => {
    const { requests } = form({});
    await userEvent.clear(await screen.findByLabelText(/Name/));
    await save();
    expect(await screen.findByText('This is needed.')).toBeVisible();
    expect(screen.getByLabelText(/Name/)).toHaveFocus();
    expect(requests).toEqual([]);
  });

  it('shows the server’s problems at their fields, and the rest above', async () => {
    const errors = [
      { pointer: '#/name', detail: 'too short' },
      { pointer: '#/owner_id', detail: 'unknown' },
    ];
    form({ 'PUT /projects/p-1': () => problem(422, { errors }) });
    await type('Name', 'x');
    await save();
    expect(await screen.findByText('too short')).toBeVisible();
    expect(screen.getByLabelText(/Name/)).toHaveAccessibleDescription(/too short/);
    expect(screen.getByText('#/owner_id: unknown')).toBeVisible();
  });

  it('tries again under the same key until the values change', async () => {
    const { requests } = form({ 'PUT /projects/p-1': () => Promise.reject(new TypeError('cut')) });
    await type('Name', 'Same');
    await save();
    expect(await screen.findByText('The server cannot be reached')).toBeVisible();
    await save();
    await type('Name', 'Other');
    await save();
    const keys = requests.map((request) => request.headers.get('idempotency-key'));
    expect(keys[1]).toBe(keys[0]);
    expect(keys[2]).not.toBe(keys[0]);
  });

  it('offers both versions after a lost update, and overwrites with the newer version', async () => {
    let isFirst = true;
    const { requests } = form({
      'PUT /projects/p-1': () => {
        const answer = isFirst ? problem(412, { code: 'version_mismatch' }) : ok({ id: 'p-1' });
        isFirst = false;
        return answer;
      },
      'GET /projects/p-1': () => ok({ name: 'Theirs', description: null }, { etag: '"7"' }),
    });
    await type('Name', 'Mine');
    await save();
    expect(await screen.findByRole('cell', { name: 'Theirs' })).toBeVisible();
    await userEvent.click(screen.getByRole('button', { name: 'Overwrite with mine' }));
    await waitFor(() => expect(requests.at(-1)?.headers.get('if-match')).toBe('"7"'));
    await waitFor(() => expect(screen.queryByRole('cell', { name: 'Theirs' })).toBeNull());
  });
});

describe('a JSON pointer', () => {
  it('leads to a field', () => {
    expect(fieldOf('#/permissions/0')).toBe('permissions');
    expect(fieldOf('#/a~1b~0c')).toBe('a/b~c');
    expect(fieldOf('#')).toBeUndefined();
    expect(fieldOf('query/limit')).toBeUndefined();
  });
});
