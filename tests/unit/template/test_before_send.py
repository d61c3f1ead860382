"""Only the functions that store messages may ask the owner's function, and only if there is one."""

from testing.template import FUNCTIONS, RESOURCES, TEMPLATE, grants, referred

ASKING = {"ChatMessageFunction", "ChangeMessageFunction", "BackendFunction"}


def test_functions_that_store_messages_are_told_whom_to_ask() -> None:
    told = {
        name: function.variables["BEFORE_SEND_FUNCTION"]
        for name, function in FUNCTIONS.items()
        if "BEFORE_SEND_FUNCTION" in function.variables
    }

    assert told == {name: {"Ref": "BeforeSendFunction"} for name in ASKING}


def test_the_right_to_ask_is_granted_only_if_there_is_a_function() -> None:
    policy = RESOURCES["BeforeSendPolicy"]

    assert policy["Condition"] == "BeforeSendWanted"
    assert {referred(role) for role in policy["Properties"]["Roles"]} == {
        FUNCTIONS[name].role for name in ASKING
    }
    granted = [
        (grant.action, grant.target) for grant in grants(policy["Properties"]["PolicyDocument"])
    ]
    assert granted == [("lambda:InvokeFunction", "BeforeSendFunction")]


def test_without_it_no_function_may_invoke_another() -> None:
    assert not [name for name, each in FUNCTIONS.items() if each.targets("lambda:*")]


def test_a_function_needs_a_policy_for_failures() -> None:
    rule = TEMPLATE["Rules"]["BeforeSendHasAPolicy"]

    [assertion] = rule["Assertions"]
    assert assertion["Assert"] == {"Fn::Not": [{"Fn::Equals": [{"Ref": "BeforeSendFailure"}, ""]}]}
