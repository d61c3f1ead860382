import { useState } from "react";
import { ParleyError } from "parley-client";
import { useParley } from "parley-client/react";

export function SignIn() {
  const chat = useParley();
  const [problem, setProblem] = useState("");

  async function signIn(form: FormData) {
    try {
      await chat.authenticate({
        username: String(form.get("username")),
        password: String(form.get("password")),
      });
    } catch (error) {
      if (!(error instanceof ParleyError)) throw error;
      setProblem(
        error.code === "invalid_credentials"
          ? "There is no user with this name and password."
          : error.message,
      );
    }
  }

  return (
    <form className="sign-in" action={signIn}>
      <label>
        Username <input name="username" autoComplete="username" required />
      </label>
      <label>
        Password <input name="password" type="password" autoComplete="current-password" required />
      </label>
      <button>Sign in</button>
      <p role="alert">{problem}</p>
    </form>
  );
}
