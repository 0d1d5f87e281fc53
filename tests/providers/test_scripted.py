"""The scripted server itself: a test is worth what its server is."""

from migration_app.evaluation.outcomes import Completed, Failed
from tests.servers.fixtures import ScriptedServer

from .conftest import Ask


async def test_the_same_question_is_answered_the_same_after_a_reset(
    ask: Ask, scripted_server: ScriptedServer
) -> None:
    first = await ask("who?")
    second = await ask("who?")
    scripted_server.reset()
    again = await ask("who?")
    assert first.text == again.text != second.text


async def test_accuracy_is_the_share_of_right_answers(ask: Ask) -> None:
    right = [(await ask(f"{n} [[gold:yes]]", model="model-b")).text == "yes" for n in range(30)]
    assert 8 <= sum(right) <= 22


async def test_a_fault_can_end_after_some_attempts(ask: Ask) -> None:
    prompt = "[[fault:status,status=503,times=2]]"
    outcomes = [await ask(prompt) for _ in range(3)]
    assert [type(one) for one in outcomes] == [Failed, Failed, Completed]


async def test_faults_come_in_the_shares_asked_for(ask: Ask, scripted_server: ScriptedServer) -> None:
    scripted_server.behave(flaky={"tokens": 1, "faults": {"status,status=429": 0.3, "drop,after=1": 0.2}})
    kinds = [getattr(await ask(f"prompt {n}", model="flaky"), "kind", "fine") for n in range(100)]
    assert 18 <= kinds.count("rate_limited") <= 42 and 9 <= kinds.count("disconnected") <= 32


async def test_the_log_tells_what_was_served_and_billed(ask: Ask, scripted_server: ScriptedServer) -> None:
    await ask("one two [[fault:drop,after=4]]")
    await ask("[[fault:status,status=500]]")
    log = scripted_server.log()
    dropped, refused = log["requests"]
    assert (dropped["billed"], dropped["prompt_tokens"], dropped["fault"]) == (True, 3, "drop")
    assert (refused["billed"], refused["status"], log["in_flight"]) == (False, 500, 0)
    assert dropped["received"] <= dropped["headers_sent"] <= dropped["first_token_sent"] <= log["now"]
