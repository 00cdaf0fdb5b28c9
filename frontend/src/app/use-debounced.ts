import { useEffect, useState } from "react";

/** A value that follows another one once it has stood still for a moment. */
export function useDebounced<Value>(value: Value, milliseconds = 220): Value {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), milliseconds);
    return () => clearTimeout(timer);
  }, [value, milliseconds]);
  return settled;
}
