import { useState } from "react";
import { useSession } from "parley-client/react";
import { Conversation } from "./Conversation.tsx";
import { ConversationList } from "./ConversationList.tsx";
import { SignIn } from "./SignIn.tsx";

export function App() {
  const { user, state } = useSession();
  const [open, setOpen] = useState<string | null>(null);
  if (!user) return <SignIn />;
  return (
    <div className="app">
      <ConversationList open={open} onOpen={setOpen} />
      {open === null ? (
        <p>Choose a conversation.</p>
      ) : (
        // Another conversation is another component, with a field of its own.
        <Conversation key={open} id={open} me={user} />
      )}
      {state === "offline" && <p role="status">Offline. What you write is sent later.</p>}
    </div>
  );
}
