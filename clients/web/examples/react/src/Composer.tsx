import { useParley } from "parley-client/react";

export function Composer({ id }: { id: string }) {
  const chat = useParley();

  function send(form: FormData) {
    const text = String(form.get("text")).trim();
    // What comes of it is among the messages.
    if (text) chat.send(id, text).catch(() => {});
  }

  return (
    <form className="composer" action={send}>
      <input
        name="text"
        aria-label="Message"
        placeholder="Write a message"
        autoComplete="off"
        onChange={() => chat.typing(id)}
      />
      <button>Send</button>
    </form>
  );
}
