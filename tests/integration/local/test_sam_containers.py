"""What the SAM CLI asks of AWS itself, it asks the emulator."""

from pathlib import Path

from local.sam.containers import SamLocal
from tests.integration.runtime.serving import Answer, Request, serving

TEMPLATE = """
Resources:
  Function:
    Type: AWS::Serverless::Function
    Properties: {Runtime: python3.13, Handler: app.handler, CodeUri: .}
"""


def test_sam_asks_the_emulator_whose_account_it_is(tmp_path: Path) -> None:
    template = tmp_path / "template.yaml"
    template.write_text(TEMPLATE)
    asked: list[bytes] = []

    def answer(request: Request) -> Answer:
        asked.append(request.body)
        return Answer(400, b"")

    with (
        serving(answer) as address,
        SamLocal(template, f"http://{address}").started("invoke", "Function") as process,
    ):
        process.communicate()

    assert b"Action=GetCallerIdentity" in asked[0]
