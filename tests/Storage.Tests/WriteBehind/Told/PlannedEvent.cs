namespace QLearning.Storage.Tests.WriteBehind.Told;

/// <summary>An event of a case.</summary>
/// <param name="Attempt">The attempt that it comes before.</param>
/// <param name="Kind">What happens.</param>
/// <param name="Target">To whom.</param>
internal readonly record struct PlannedEvent(int Attempt, CaseEvent Kind, int Target);
