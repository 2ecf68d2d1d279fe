import { type ReactNode, useId } from 'react';

interface ChoiceProps<Value extends string> {
  readonly name: string;
  readonly value: Value;
  readonly options: readonly Value[];
  /** How an option is written; as it is, where this is left out. */
  readonly written?: (option: NoInfer<Value>) => string;
  onChoose(value: NoInfer<Value>): void;
}

/** One of a few. */
export function Choice<Value extends string>({ name, value, options, written, onChoose }: ChoiceProps<Value>) {
  return (
    <Row name={name}>
      {(id) => (
        <select id={id} className="field" value={value} onChange={({ target }) => onChoose(target.value as Value)}>
          {options.map((option) => (
            <option key={option} value={option}>
              {written ? written(option) : option}
            </option>
          ))}
        </select>
      )}
    </Row>
  );
}

interface FieldProps {
  readonly name: string;
  readonly value: string;
  /** What could stand there. */
  readonly placeholder?: string;
  readonly isOptional?: boolean;
  onChange(value: string): void;
}

/** Exact decimal text from the keyboard to the API: it is never made a number on the way. */
export function Amount({ name, value, placeholder, isOptional = false, onChange }: FieldProps) {
  return (
    <Row name={name}>
      {(id) => (
        <input
          id={id}
          className="field number"
          inputMode="decimal"
          autoComplete="off"
          required={!isOptional}
          pattern="\s*\d{1,30}(\.\d{1,18})?\s*"
          title="A number such as 0.25"
          placeholder={placeholder}
          value={value}
          onChange={({ target }) => onChange(target.value)}
        />
      )}
    </Row>
  );
}

export function Words({ name, value, placeholder, onChange }: FieldProps) {
  return (
    <Row name={name}>
      {(id) => (
        <input
          id={id}
          className="field"
          autoComplete="off"
          required
          maxLength={100}
          placeholder={placeholder}
          value={value}
          onChange={({ target }) => onChange(target.value)}
        />
      )}
    </Row>
  );
}

function Row({ name, children }: { readonly name: string; children(id: string): ReactNode }) {
  const id = useId();
  return (
    <div className="row">
      <label htmlFor={id}>{name}</label>
      {children(id)}
    </div>
  );
}
